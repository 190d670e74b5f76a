using System.Text;

namespace Acrobits.InvitationNotifier.Interoperability.Tests;

/// <summary>A request, as the programs in <c>Servers</c> say that they have read it.</summary>
/// <param name="Key">The header <c>Idempotency-Key</c>.</param>
/// <param name="Connection">What tells its connection from others.</param>
/// <param name="Readings">The parameters in hexadecimal, by the way to read them; null for what is not text.</param>
internal sealed record ReadRequest(
    string Key, string Connection, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string?>> Readings)
{
    /// <summary>What is not as it was sent, as lines for people.</summary>
    public IEnumerable<string> Differences(Invitation sent) =>
        from reading in Readings
        from parameter in new[] { ("invitee", sent.Invitee), ("invitor", sent.Invitor), ("network_id", sent.NetworkId) }
        let expected = Convert.ToHexStringLower(Encoding.UTF8.GetBytes(parameter.Item2))
        let actual = reading.Value[parameter.Item1]
        where actual != expected
        select $"{reading.Key}, {parameter.Item1}: sent {Short(expected)}, read {Short(actual)}";

    private static string Short(string? text) => text is { Length: > 200 } ? text[..200] + "..." : text ?? "no text";
}
