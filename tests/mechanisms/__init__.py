"""Every sentence of document I as a paired experiment; ``python -m tests.mechanisms`` measures them all anew."""
