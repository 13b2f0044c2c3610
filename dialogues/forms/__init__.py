"""What people fill in, a module for each family of pages."""
