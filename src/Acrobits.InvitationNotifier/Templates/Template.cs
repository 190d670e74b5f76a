using System.Runtime.InteropServices;

namespace Acrobits.InvitationNotifier.Templates;

/// <summary>A compiled template: literal texts that are each followed by a placeholder, and a final literal text.</summary>
internal sealed class Template
{
    // The maximum number of characters that values add to a request. Otherwise long values in many placeholders could use up
    // the memory.
    private const int MaxValuesLength = 1024 * 1024;

    private readonly List<(string Before, Keyword Keyword, EscapingContext EscapingContext)> _slots = [];
    private string _tail = "";

    /// <summary>Adds literal text.</summary>
    public void Add(ReadOnlySpan<char> literal) => _tail = string.Concat(_tail, literal);

    /// <summary>Adds a placeholder.</summary>
    public void Add(Keyword keyword, EscapingContext context)
    {
        _slots.Add((_tail, keyword, context));
        _tail = "";
    }

    /// <summary>Writes the template with the values of an invitation. Values are not scanned for placeholders.</summary>
    /// <returns>Null, or why a value cannot be represented. The output is incomplete in that case.</returns>
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
                return "The values are too long: they would make the request too large.";
            }

            var start = output.Written.Length;
            if (!Escaping.TryWrite(value, slot.EscapingContext, ref output))
            {
                return $"The value of {Placeholder.TextOf(slot.Keyword)} has a character that XML 1.0 does not allow.";
            }

            added += output.Written.Length - start;
        }

        output.Append(_tail);
        return null;
    }
}
