using System.Buffers;
using System.Text;

namespace Acrobits.InvitationNotifier.Templates;

/// <summary>Collects UTF-8 on the caller's stack, and in a pooled array once that is full.</summary>
internal ref struct Utf8Buffer(Span<byte> initial)
{
    private Span<byte> _space = initial;
    private byte[]? _rented;
    private int _length;

    public readonly ReadOnlySpan<byte> Written => _space[.._length];

    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        _length += bytes.Length;
    }

    public void Append(ReadOnlySpan<char> text) =>
        _length += Encoding.UTF8.GetBytes(text, Reserve(Encoding.UTF8.GetMaxByteCount(text.Length)));

    public void Append(byte value)
    {
        Reserve(1)[0] = value;
        _length++;
    }

    /// <summary>Gives a pooled array back, cleared: it held personal data.</summary>
    public void Dispose()
    {
        if (_rented is { } rented)
        {
            _rented = null;
            _space = default;
            rented.AsSpan(0, _length).Clear();
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private Span<byte> Reserve(int size)
    {
        if (_space.Length - _length < size)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(checked(_length + size), _space.Length * 2));
            Written.CopyTo(larger);
            var length = _length;
            Dispose();
            _rented = larger;
            _space = larger;
            _length = length;
        }

        return _space[_length..];
    }
}
