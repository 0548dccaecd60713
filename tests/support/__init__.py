"""What several tests share: small worlds, paired experiments, a command line, a browser."""
