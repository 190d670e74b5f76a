using System.Text.RegularExpressions;

namespace Acrobits.InvitationNotifier.PostgreSql.Tests.Worker;

/// <summary>A request as the provider saw it.</summary>
/// <param name="Invitee">Who was invited.</param>
/// <param name="Worker">The process that sent it, as its User-Agent says.</param>
/// <param name="IdempotencyKey">The header, if there was one.</param>
internal sealed partial record Arrival(string Invitee, string Worker, string? IdempotencyKey)
{
    /// <summary>What the endpoint of the tests asks for.</summary>
    public const string PathAndQuery = "/?i=%invitee%&u=%invitor%&n=%network_id%";

    public static Arrival Parse(string request) => new(
        InviteePattern().Match(request).Groups[1].Value,
        Header(request, "User-Agent")!,
        Header(request, "Idempotency-Key"));

    private static string? Header(string request, string name) => request.Split("\r\n")
        .Where(line => line.StartsWith($"{name}: ", StringComparison.OrdinalIgnoreCase))
        .Select(line => line[(name.Length + 2)..])
        .SingleOrDefault();

    [GeneratedRegex(@"^GET /\?i=([0-9]+)&")]
    private static partial Regex InviteePattern();
}
