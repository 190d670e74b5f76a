namespace Acrobits.InvitationNotifier.Egress;

/// <summary>
/// Wraps a connection to a provider that asked for a client certificate and got none. If the connection ends before any data
/// arrives, the missing certificate is reported as the cause.
/// </summary>
internal sealed class UnansweredStream(Stream inner) : Stream
{
    private bool _hasArrived;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            var read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            _hasArrived |= read > 0;
            return read > 0 || buffer.IsEmpty || _hasArrived ? read : throw Unanswered(null);
        }
        catch (IOException exception) when (!_hasArrived && exception.InnerException is not CertificateException)
        {
            throw Unanswered(exception);
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            await inner.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException exception) when (!_hasArrived)
        {
            throw Unanswered(exception);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

    public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

    public override void Flush() => inner.Flush();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private static IOException Unanswered(Exception? exception)
    {
        var cause = new CertificateException("client_certificate_required", TlsFailure.ClientCertificateRequired, exception);
        return new IOException(cause.Message, cause);
    }
}
