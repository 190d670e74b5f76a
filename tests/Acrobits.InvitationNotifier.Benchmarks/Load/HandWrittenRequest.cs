using System.Net.Http.Headers;
using System.Text;
using Acrobits.InvitationNotifier.Benchmarks.Micro;

namespace Acrobits.InvitationNotifier.Benchmarks.Load;

/// <summary>The request as it is made without the library: a value replaces its placeholder, escaped by the framework.</summary>
internal sealed class HandWrittenRequest(Workload workload)
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly Func<Invitation, string> _url = ReplacedTemplate.Compile(Context.Url, workload.UrlTemplate);
    private readonly Func<Invitation, string> _body = ReplacedTemplate.Compile(Context.Json, Workload.JsonTemplate);

    // Without placeholders.
    private readonly Uri? _fixedUrl = workload.IsPost ? new Uri(workload.UrlTemplate) : null;

    public string Url(Invitation invitation) => _url(invitation);

    public string Body(Invitation invitation) => _body(invitation);

    public HttpRequestMessage Create(Invitation invitation) => _fixedUrl is null
        ? new HttpRequestMessage(HttpMethod.Get, Url(invitation))
        : new HttpRequestMessage(HttpMethod.Post, _fixedUrl) { Content = new StringContent(Body(invitation), Encoding.UTF8, Json) };
}
