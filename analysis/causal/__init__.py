"""What a policy did to the same alliances: matched pairs and pilots."""
