using System.Text.Json.Serialization;

namespace Acrobits.InvitationNotifier.Benchmarks.Load;

/// <summary>The documented JSON body, for the clients that write JSON themselves.</summary>
internal sealed record InvitationBody(
    [property: JsonPropertyName("invitee")] string Invitee,
    [property: JsonPropertyName("invitor")] string Invitor,
    [property: JsonPropertyName("network")] string Network);
