using System.Text;
using Microsoft.Extensions.Options;

namespace Acrobits.InvitationNotifier.Tests.Templates;

/// <summary>Expands one template and returns what would go out, or what is wrong with the template.</summary>
internal static class Expansion
{
    public const string Form = "application/x-www-form-urlencoded";
    public const string Json = "application/json";
    public const string Xml = "application/xml";

    public static string Url(string template, Invitation invitation)
    {
        using var request = Endpoint(template).CreateRequest(invitation);
        return request.RequestUri!.AbsoluteUri;
    }

    public static string Url(string template, string invitee) => Url(template, new Invitation(invitee, "john", "net"));

    public static byte[] Body(string contentType, string template, Invitation invitation)
    {
        using var request = Endpoint("https://example.com/", template, contentType).CreateRequest(invitation);
        using var body = new MemoryStream();
        request.Content!.CopyTo(body, null, CancellationToken.None);
        return body.ToArray();
    }

    public static string Text(string contentType, string template, Invitation invitation) =>
        Encoding.UTF8.GetString(Body(contentType, template, invitation));

    public static string Text(string contentType, string template, string invitee) =>
        Text(contentType, template, new Invitation(invitee, "john", "net"));

    public static InvitationEndpoint Endpoint(string url, string? postData = null, string? contentType = null) =>
        InvitationEndpoint.Create(new InvitationEndpointOptions
        {
            InvitationCreatedUrl = url,
            InvitationCreatedPostData = postData,
            InvitationCreatedContentType = contentType,
        });

    /// <summary>Every problem of a web service that must be refused.</summary>
    public static IReadOnlyList<string> Refusals(string? url, string? postData = null, string? contentType = null) =>
        [.. Assert.Throws<OptionsValidationException>(() => Endpoint(url!, postData, contentType)).Failures];

    /// <summary>The one problem of a body that must be refused.</summary>
    public static string Refusal(string contentType, string postData) =>
        Assert.Single(Refusals("https://example.com/", postData, contentType));
}
