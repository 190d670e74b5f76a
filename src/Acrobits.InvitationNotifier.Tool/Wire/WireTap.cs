using System.Buffers;
using System.IO.Pipelines;

namespace Acrobits.InvitationNotifier.Tool.Wire;

/// <summary>Records the bytes that a web server reads from a connection, before the server parses them.</summary>
internal sealed class WireTap(PipeReader connection) : PipeReader
{
    // Enough for any notification. An endless request must not fill the memory.
    private const int Capacity = 256 * 1024;

    private readonly ArrayBufferWriter<byte> _taken = new();
    private ReadOnlySequence<byte> _buffer;
    private byte[] _rest = [];

    /// <summary>The bytes that the server has consumed since the last call: at the end of a request, this request.</summary>
    public byte[] TakeRequest()
    {
        var request = _taken.WrittenSpan.ToArray();
        _taken.ResetWrittenCount();
        return request;
    }

    /// <summary>At the end of the connection, the bytes that did not become a request.</summary>
    public byte[] TakeRest() => [.. TakeRequest(), .. _rest];

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        var result = await connection.ReadAsync(cancellationToken);
        _buffer = result.Buffer;
        return result;
    }

    public override bool TryRead(out ReadResult result)
    {
        var hasRead = connection.TryRead(out result);
        if (hasRead)
        {
            _buffer = result.Buffer;
        }

        return hasRead;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        foreach (var segment in _buffer.Slice(0, consumed))
        {
            _taken.Write(segment.Span[..Math.Min(segment.Length, Capacity - _taken.WrittenCount)]);
        }

        var rest = _buffer.Slice(consumed);
        _rest = rest.Slice(0, Math.Min(rest.Length, Capacity)).ToArray();
        _buffer = default;
        connection.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => connection.CancelPendingRead();

    public override void Complete(Exception? exception = null) => connection.Complete(exception);
}
