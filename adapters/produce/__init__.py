"""Records to be written: values, and the lines of input that they are read from."""
