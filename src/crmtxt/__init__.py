"""crmtxt: customer relationships as plain text files in a git folder."""

__version__ = "0.1.0"
