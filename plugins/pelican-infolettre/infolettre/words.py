"""The words of letters and of messages in the language of a site; French is the source."""
