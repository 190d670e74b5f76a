using System.Net.Http.Headers;
using System.Text;
using System.Text.Encodings.Web;

namespace Acrobits.InvitationNotifier.Benchmarks.Load;

/// <summary>The request as it is made without the library: a value replaces its placeholder, escaped by the framework.</summary>
internal sealed class HandWrittenRequest(Workload workload)
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly string _urlTemplate = workload.UrlTemplate;

    public string Url(Invitation invitation) => _urlTemplate
        .Replace("%invitee%", Uri.EscapeDataString(invitation.Invitee), StringComparison.Ordinal)
        .Replace("%invitor%", Uri.EscapeDataString(invitation.Invitor), StringComparison.Ordinal)
        .Replace("%network_id%", Uri.EscapeDataString(invitation.NetworkId), StringComparison.Ordinal);

    public string Body(Invitation invitation) => Workload.JsonTemplate
        .Replace("%invitee%", JavaScriptEncoder.Default.Encode(invitation.Invitee), StringComparison.Ordinal)
        .Replace("%invitor%", JavaScriptEncoder.Default.Encode(invitation.Invitor), StringComparison.Ordinal)
        .Replace("%network_id%", JavaScriptEncoder.Default.Encode(invitation.NetworkId), StringComparison.Ordinal);

    public HttpRequestMessage Create(Invitation invitation) => workload.IsPost
        ? new HttpRequestMessage(HttpMethod.Post, _urlTemplate) { Content = new StringContent(Body(invitation), Encoding.UTF8, Json) }
        : new HttpRequestMessage(HttpMethod.Get, Url(invitation));
}
