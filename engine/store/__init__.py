"""What a node keeps on disk besides journals: the files that people bring into their rooms."""
