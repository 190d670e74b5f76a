namespace Acrobits.InvitationNotifier.Tool.Wire;

/// <summary>A connection to nowhere. It records what is sent and answers 204.</summary>
internal sealed class RecordedConnection : Stream
{
    private readonly MemoryStream _sent = new();
    private readonly MemoryStream _answer = new("HTTP/1.1 204 No Content\r\n\r\n"u8.ToArray());

    public byte[] Sent => _sent.ToArray();

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => _sent.Write(buffer, offset, count);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        _sent.WriteAsync(buffer, cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => _answer.Read(buffer, offset, count);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _answer.ReadAsync(buffer, cancellationToken);

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
