"""Where things are on screen: selector files and their layers, ways of finding, typed reads, the fake surface."""
