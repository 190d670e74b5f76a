using System.Globalization;

namespace Acrobits.InvitationNotifier.Templates;

/// <summary>Text in a template that its author probably meant as a placeholder; positions count from 1.</summary>
internal sealed record LookAlike(string Key, int Position, string Nearest)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Key}, character {Position}: looks like a placeholder and is none, so it is sent as it stands. The nearest one is {Nearest}.");
}
