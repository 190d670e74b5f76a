using System.Text;

namespace Acrobits.InvitationNotifier.Configuration;

/// <summary>
/// Takes network ids for the same that differ in case alone. The dotless i and the dotted I count as an i, for that is what
/// changing case under Turkish rules makes of it; so do the two forms in which Unicode writes one text (NFC and NFD).
/// </summary>
internal sealed class NetworkIdComparer : IEqualityComparer<string>
{
    public static NetworkIdComparer Instance { get; } = new();

    public bool Equals(string? x, string? y) => StringComparer.OrdinalIgnoreCase.Equals(Fold(x), Fold(y));

    public int GetHashCode(string obj) => StringComparer.OrdinalIgnoreCase.GetHashCode(Fold(obj)!);

    private static string? Fold(string? id) => id is null || Ascii.IsValid(id) || !Invitation.IsWellFormed(id)
        ? id
        : id.Normalize(NormalizationForm.FormC).Replace('\u0131', 'i').Replace('\u0130', 'i');
}
