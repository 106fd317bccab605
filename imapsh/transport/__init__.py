"""Octets in, octets out: the only floor that touches the operating system, and it knows nothing of IMAP.

    address     what a person types (imap:// imaps:// unix: exec:) -> Address
    base        the stream's methods, as typing protocols, and StreamInfo
    blocking    connect() -> BlockingStream
    aio         connect(), adopt() -> AioStream: the same names as coroutines
    listening   listen(): accepts AioStreams
    tuning      the options of every TCP socket
    tls         TLSOptions, make_context, and TLSFilter: TLS without I/O, so that it runs over everything
    tlsfailures the failures of TLS as sentences, and certificates in words
    memory      pair(), attach(), Scripted: streams without an operating system; memory_aio has aio_pair()
    child       commands as peers, and the environment every child gets
    failures    the operating system's errors as sentences

Everything that moves octets is a socket: TCP, a Unix socket, or one end of a socket pair whose other end is a command's
stdin and stdout.  So there is one blocking and one asyncio stream, and TLS is a filter either may put in.
"""
