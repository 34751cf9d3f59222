"""The operators' pages: who comes is known by the line, what is seen and done is what the command line has."""
