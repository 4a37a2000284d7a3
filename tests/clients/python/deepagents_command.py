"""LangSmith's own command line for MCP servers, with one more certificate authority. It takes none from its environment."""

import sys

import certifi

authority = sys.argv.pop(1)
certifi.where = lambda: authority

from deepagents_cli import cli_main  # noqa: E402

sys.exit(cli_main())
