"""`python -m leadrules` is the `leadrules` command."""

from leadrules.cli.main import main

if __name__ == "__main__":
    main()
