"""OpenJPKI: Japan's public individual certification service (公的個人認証サービス), complete and runnable by anyone (R-0.1)."""

__version__ = "0.1.0"
