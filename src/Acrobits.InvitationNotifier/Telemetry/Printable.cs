namespace Acrobits.InvitationNotifier.Telemetry;

/// <summary>A text from outside, which must not be able to forge lines of a log.</summary>
internal readonly record struct Printable(string Text)
{
    public override string ToString() => Text.AsSpan().IndexOfAnyInRange('\0', '\u001F') < 0 && Text.AsSpan().IndexOfAnyInRange('\u007F', '\u009F') < 0
        ? Text
        : string.Create(Text.Length, Text, static (printable, text) =>
        {
            for (var i = 0; i < text.Length; i++)
            {
                printable[i] = char.IsControl(text[i]) ? '\uFFFD' : text[i];
            }
        });
}
