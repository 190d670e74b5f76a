using System.Globalization;

namespace Acrobits.InvitationNotifier.Templates;

/// <summary>Text in a template that was probably meant as a placeholder. Positions count from 1.</summary>
internal sealed record LookAlike(string Key, int Position, string Nearest)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Key}, character {Position}: looks like a placeholder but is not one, so it is sent as written. The nearest placeholder is {Nearest}.");
}
