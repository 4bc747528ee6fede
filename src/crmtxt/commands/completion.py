"""crmtxt completion: scripts for the shells, which ask completing.py for words."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from typing import Annotated

from crmtxt.commands.spec import Arg
from crmtxt.errors import ExitCode
from crmtxt.errors import UsageError
from crmtxt.session import Session

SCRIPTS = {
    "bash": """_crmtxt() {
  local rest="${COMP_LINE:0:${COMP_POINT:-0}}" breaks="${COMP_WORDBREAKS//[[:space:]\\"\\']/}"
  local at word kept= last=-1
  local -a words=()
  for (( at = 0; at <= COMP_CWORD; at++ )); do  # what bash took apart at : = @ is put together again
    word="${COMP_WORDS[at]}"
    if (( at )) && [[ -n "$rest" && "$rest" != [[:space:]]* ]]; then
      words[last]+="$word"
    else
      words[++last]="$word"
    fi
    rest="${rest#"${rest%%[![:space:]]*}"}"
    rest="${rest#"$word"}"
  done
  if [[ -n "$breaks" && "${words[last]}" != "$word" ]]; then
    kept="${words[last]%"${words[last]##*[$breaks]}"}"
  fi
  COMPREPLY=()
  while IFS= read -r word; do
    COMPREPLY+=("${word#"$kept"}")
  done < <(crmtxt complete-words "${words[@]:1}" 2>/dev/null | cut -f1)
}
complete -o default -F _crmtxt crmtxt
""",
    "zsh": """#compdef crmtxt
_crmtxt() {
  local -a found
  local line
  while IFS= read -r line; do
    found+=("${${line%%$'\\t'*}//:/\\\\:}:${line#*$'\\t'}")
  done < <(crmtxt complete-words "${(@)words[2,CURRENT]}" 2>/dev/null)
  _describe 'crmtxt' found || _files
}
compdef _crmtxt crmtxt
""",
    "fish": """complete -c crmtxt -f \\
  -a '(crmtxt complete-words (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'
""",
}


def completion(
    session: Session,
    *,
    shell: Annotated[str, Arg("SHELL", "bash, zsh or fish.", "shells")],
) -> ExitCode:
    """Print a shell's completion script, to be read by its start-up file."""
    if shell not in SCRIPTS:
        raise UsageError(
            f"no completion for '{shell}'",
            f"there is one for {', '.join(SCRIPTS)}, such as: source <(crmtxt completion bash)",
        )
    session.terminal.out(SCRIPTS[shell])
    return ExitCode.DONE
