using Acrobits.InvitationNotifier.Text;
using Microsoft.Extensions.Configuration;

namespace Acrobits.InvitationNotifier.Configuration;

/// <summary>Suggests the key that was probably meant.</summary>
internal static class NearestKey
{
    private const string Documentation = "https://github.com/acrobits/Acrobits.InvitationNotifier#configuration";

    /// <param name="name">The unknown key.</param>
    /// <param name="names">The keys that are valid in the same group.</param>
    /// <param name="paths">All keys.</param>
    public static string Describe(string name, IReadOnlyList<string> names, IReadOnlyList<string> paths)
    {
        if (paths.FirstOrDefault(path => ConfigurationPath.GetSectionKey(path)!.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } elsewhere)
        {
            return elsewhere.Contains(ConfigurationPath.KeyDelimiter, StringComparison.Ordinal)
                ? $"is not a key here; did you mean {elsewhere}? Move it there"
                : $"is not a key here; did you mean {elsewhere} of the section itself? Move it there";
        }

        var nearest = names.MinBy(known => DistanceOf(name, known));
        return nearest is not null && DistanceOf(name, nearest) <= Math.Max(2, name.Length / 3)
            ? $"is not a key; did you mean {nearest}? Correct it"
            : $"is not a key. Remove it, or find the right one at {Documentation}";
    }

    // A part of a name, such as Url, counts as one typing error.
    private static int DistanceOf(string name, string known)
    {
        var (left, right) = (Plain(name), Plain(known));
        return left.Length >= 3 && (right.Contains(left, StringComparison.Ordinal) || left.Contains(right, StringComparison.Ordinal))
            ? Math.Min(1, EditDistance.Between(left, right))
            : Math.Abs(left.Length - right.Length) > 8 ? int.MaxValue : EditDistance.Between(left, right);
    }

    private static string Plain(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();
}
