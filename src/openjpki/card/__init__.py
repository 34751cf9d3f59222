"""The My Number card and the terminal's side of the talk: APDU, files, applets. Sans-I/O."""
