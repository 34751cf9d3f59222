"""The signing process: it alone holds the keys of CAs and responders, and signs what such a key may sign, over a Unix socket."""
