using System.Buffers;
using System.Runtime.CompilerServices;

namespace Acrobits.InvitationNotifier.Templates;

/// <summary>Collects text in a buffer on the caller's stack, and in a pooled array once that is full.</summary>
internal ref struct TextBuffer(Span<char> initial)
{
    /// <summary>The length of the caller's buffer. The documented templates fit when expanded.</summary>
    public const int InitialLength = 256;

    private Span<char> _space = initial;
    private char[]? _rented;
    private int _length;

    public readonly ReadOnlySpan<char> Written => _space[.._length];

    public void Append(scoped ReadOnlySpan<char> text)
    {
        if (!text.TryCopyTo(_space[_length..]))
        {
            Grow(text.Length);
            text.CopyTo(_space[_length..]);
        }

        _length += text.Length;
    }

    public void Append(char value) => Append([value]);

    /// <summary>Returns the pooled array, cleared because it held personal data.</summary>
    public void Dispose()
    {
        if (_rented is { } rented)
        {
            _rented = null;
            _space = default;
            rented.AsSpan(0, _length).Clear();
            ArrayPool<char>.Shared.Return(rented);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int size)
    {
        var larger = ArrayPool<char>.Shared.Rent(Math.Max(checked(_length + size), _space.Length * 2));
        Written.CopyTo(larger);
        Dispose();
        _rented = larger;
        _space = larger;
    }
}
