"""What the site needs beside Sphinx, one idea a file."""
