using System.Text.Json.Serialization;

namespace Acrobits.InvitationNotifier.Rebus.Messages;

/// <summary>Serializes the body without reflection, as trimming and ahead-of-time compilation require.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(InvitationContent))]
internal sealed partial class InvitationJson : JsonSerializerContext;
