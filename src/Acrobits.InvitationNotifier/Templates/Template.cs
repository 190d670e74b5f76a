using System.Runtime.InteropServices;

namespace Acrobits.InvitationNotifier.Templates;

/// <summary>A compiled template: literal texts, each followed by a placeholder, and the literal text at the end.</summary>
internal sealed class Template
{
    // How many characters of values one request takes. A great many placeholders with a long value, or a value without end,
    // would take all memory.
    private const int MaxValuesLength = 1024 * 1024;

    private readonly List<(string Before, Keyword Keyword, Place Place)> _slots = [];
    private string _tail = "";

    /// <summary>Adds literal text.</summary>
    public void Add(ReadOnlySpan<char> literal) => _tail = string.Concat(_tail, literal);

    /// <summary>Adds a placeholder.</summary>
    public void Add(Keyword keyword, Place place)
    {
        _slots.Add((_tail, keyword, place));
        _tail = "";
    }

    /// <summary>Writes the template with the invitation's values. A value is never scanned for placeholders.</summary>
    /// <returns>Null, or why a value cannot be carried; then what was written is of no use.</returns>
    public string? Expand(Invitation invitation, ref TextBuffer output)
    {
        var added = 0;
        foreach (ref readonly var slot in CollectionsMarshal.AsSpan(_slots))
        {
            output.Append(slot.Before);
            var value = slot.Keyword switch
            {
                Keyword.Invitee => invitation.Invitee,
                Keyword.Invitor => invitation.Invitor,
                _ => invitation.NetworkId,
            };

            if (value.Length > MaxValuesLength - added)
            {
                return "The values make the request too large.";
            }

            var start = output.Written.Length;
            if (!Escaping.TryWrite(value, slot.Place, ref output))
            {
                return $"The value of {Placeholder.TextOf(slot.Keyword)} has a character that XML 1.0 does not allow.";
            }

            added += output.Written.Length - start;
        }

        output.Append(_tail);
        return null;
    }
}
