"""Run as python -m crmtxt."""

import sys

from crmtxt.entry import main

sys.exit(main())
