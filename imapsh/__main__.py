"""`python -m imapsh`."""

from imapsh.shell.main import main

raise SystemExit(main())
