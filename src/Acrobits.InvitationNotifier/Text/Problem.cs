namespace Acrobits.InvitationNotifier.Text;

/// <summary>
/// A problem of a configuration: its key, the cause and the correction. It never quotes values, which can be secrets.
/// </summary>
/// <param name="NetworkId">The network with the problem; null for settings that all networks share.</param>
/// <param name="Path">The key.</param>
/// <param name="Text">The cause and the correction, without a final period.</param>
internal readonly record struct Problem(string? NetworkId, string Path, string Text)
{
    // Keys and network ids are external text.
    public override string ToString() => new LogSafeText($"{Path}: {Text}.").ToString();
}
