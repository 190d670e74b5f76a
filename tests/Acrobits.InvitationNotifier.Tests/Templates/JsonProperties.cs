using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;

namespace Acrobits.InvitationNotifier.Tests.Templates;

public class JsonProperties
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public void CreateRequest_AnyValue_IsReadBack()
    {
        var endpoint = Expansion.Endpoint(
            "https://example.com/",
            "{\"a\":\"%invitee%\",\"k%invitor%\":\"\\\\%invitor%\\\"\",\"c\":[\"%network_id%%invitee%\"]}",
            Expansion.Json);

        AnyText.Invitation.Sample(
            invitation =>
            {
                using var request = endpoint.CreateRequest(invitation);
                using var document = JsonDocument.Parse(request.Content!.ReadAsStream());
                var properties = document.RootElement.EnumerateObject().ToArray();
                Assert.Equal(3, properties.Length);
                Assert.Equal(invitation.Invitee, properties[0].Value.GetString());
                Assert.Equal("k" + invitation.Invitor, properties[1].Name);
                Assert.Equal($"\\{invitation.Invitor}\"", properties[1].Value.GetString());
                Assert.Equal(invitation.NetworkId + invitation.Invitee, properties[2].Value[0].GetString());
            },
            iter: 3_000);
    }

    [Fact]
    public void CreateRequest_AnyTemplate_KeepsItsStructure() =>
        Gen.Select(AnyText.Template.Array[1, 5], AnyText.Invitation, Gen.Bool).Sample(
            (texts, invitation, isIndented) =>
            {
                // Both documents are written by the framework; the template's placeholders go through untouched.
                var options = new JsonSerializerOptions(Plain) { WriteIndented = isIndented };
                var template = Document(texts).ToJsonString(options);
                var expected = Document([.. texts.Select(text => AnyText.Expand(text, invitation))]);

                var sent = Expansion.Body(Expansion.Json, template, invitation);

                Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(sent)), Encoding.UTF8.GetString(sent));
            },
            iter: 3_000);

    private static JsonObject Document(string[] texts)
    {
        var document = new JsonObject { ["number"] = 1.5, ["nothing"] = null, ["yes"] = true };
        for (var i = 0; i < texts.Length; i++)
        {
            document[$"{i}{texts[i]}"] = new JsonArray(texts[i], new JsonObject { [texts[i]] = texts[i] });
        }

        return document;
    }
}
