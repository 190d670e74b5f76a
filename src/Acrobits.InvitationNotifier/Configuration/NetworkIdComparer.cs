using System.Text;

namespace Acrobits.InvitationNotifier.Configuration;

/// <summary>
/// Compares network ids without regard to case. The dotless i and the dotted I equal an i, because they result from changing
/// case under Turkish rules. Different Unicode normalization forms of the same text (NFC and NFD) are equal too.
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
