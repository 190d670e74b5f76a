namespace Acrobits.InvitationNotifier.Text;

/// <summary>
/// Something that is wrong with a configuration: where, what is wrong and what would be right. Values are never quoted:
/// they can be secrets.
/// </summary>
/// <param name="NetworkId">The network whose settings are wrong; null: settings that all networks share.</param>
/// <param name="Path">The key.</param>
/// <param name="Text">What is wrong and what would be right, without the full stop.</param>
internal readonly record struct Problem(string? NetworkId, string Path, string Text)
{
    // Keys and network ids go into logs.
    public override string ToString() => new Printable($"{Path}: {Text}.").ToString();
}
