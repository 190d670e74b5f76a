using System.Text.Json;
using System.Text.Json.Serialization;

namespace Acrobits.InvitationNotifier.PostgreSql.Transport;

/// <summary>The headers of a message, as Rebus writes them: an object of texts as JSON in UTF-8.</summary>
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class HeadersJson : JsonSerializerContext
{
    public static byte[] Write(Dictionary<string, string> headers) =>
        JsonSerializer.SerializeToUtf8Bytes(headers, Default.DictionaryStringString);

    /// <summary>Null if they cannot be read.</summary>
    public static Dictionary<string, string>? Read(byte[] json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, Default.DictionaryStringString);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
