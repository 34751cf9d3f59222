"""What the world is told of certificates: the journal of status, lists and their files, responders and the store that follows."""
