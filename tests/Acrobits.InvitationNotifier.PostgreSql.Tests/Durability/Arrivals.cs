using System.Globalization;
using System.Text.RegularExpressions;

namespace Acrobits.InvitationNotifier.PostgreSql.Tests.Durability;

/// <summary>Which of the numbered sample invitations have reached a provider.</summary>
internal static partial class Arrivals
{
    /// <summary>The template that the provider's URL ends with.</summary>
    public const string Template = "/%invitee%?by=%invitor%";

    /// <summary>The numbers, one for each request.</summary>
    public static IReadOnlyList<int> Of(RawProvider provider, string path = "") =>
        [.. provider.Requests
            .Where(request => request.StartsWith($"GET {path}/", StringComparison.Ordinal))
            .Select(request => int.Parse(Number().Match(request).Groups[1].ValueSpan, CultureInfo.InvariantCulture))];

    public static Task UntilAsync(RawProvider provider, int invitations) => Eventually.BecomesAsync(
        () => Of(provider).Distinct().Count() == invitations, $"{invitations} invitations arrived");

    [GeneratedRegex(@"/%2B420777654321(\d{3})\?by=ygritte\d+ ")]
    private static partial Regex Number();
}
