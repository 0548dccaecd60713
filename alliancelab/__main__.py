"""`python -m alliancelab` is the command line."""

from alliancelab.cli import main

if __name__ == "__main__":
    main()
