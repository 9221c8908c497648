"""What a tail reads, from where, by which filter, and what it has found: pure values, standard library only."""
