"""The responder: what an answer about a certificate's status says, from whatever store. No module here knows Django or a database."""
