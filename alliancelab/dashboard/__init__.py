"""The dashboard: scenarios compared, changed and watched in a browser, served on this machine only. Source: H6."""
