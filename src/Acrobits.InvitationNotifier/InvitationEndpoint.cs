using Acrobits.InvitationNotifier.Configuration;
using Acrobits.InvitationNotifier.Egress;
using Acrobits.InvitationNotifier.Templates;
using Acrobits.InvitationNotifier.Text;
using Microsoft.Extensions.Options;

namespace Acrobits.InvitationNotifier;

/// <summary>
/// The web service of one network, compiled: all that can be wrong with it is found once, and then each invitation is
/// turned into a request in a single pass. Immutable and safe to share between threads.
/// </summary>
public sealed class InvitationEndpoint
{
    private readonly UrlTemplate _url;
    private readonly BodyTemplate? _body;
    private readonly string _contentType;
    private readonly RequestHeaders _headers;

    internal InvitationEndpoint(
        UrlTemplate url, BodyTemplate? body, string contentType, RequestHeaders headers, IReadOnlyList<LookAlike> lookAlikes)
    {
        _url = url;
        _body = body;
        _contentType = contentType;
        _headers = headers;
        LookAlikes = lookAlikes;
    }

    /// <summary>
    /// What is probably not meant, each with its key, its position and what to do. Nothing of it keeps the endpoint from
    /// working. The notifier logs each warning once.
    /// </summary>
    public IReadOnlyList<string> Warnings => [.. LookAlikes.Select(lookAlike => lookAlike.ToString())];

    internal IReadOnlyList<LookAlike> LookAlikes { get; }

    /// <summary>Whether any network id leads here, made-up ones included.</summary>
    internal bool IsForAllNetworks { get; init; }

    internal UrlTemplate Url => _url;

    internal Destination Destination => _url.Destination;

    /// <summary>Compiles an endpoint.</summary>
    /// <param name="options">The web service's configuration; later changes to it have no effect.</param>
    /// <returns>The compiled endpoint.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is <see langword="null"/>.</exception>
    /// <exception cref="OptionsValidationException">
    /// The configuration is wrong; <see cref="OptionsValidationException.Failures"/> lists every problem.
    /// </exception>
    public static InvitationEndpoint Create(InvitationEndpointOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);

        var problems = new ProblemScope();
        var endpoint = EndpointCompiler.Compile(options, problems);
        if (endpoint is null && problems.Count == 0)
        {
            problems.Add(nameof(options.InvitationCreatedUrl), "is missing. Fill in the URL of the web service");
        }

        return problems.Count == 0
            ? endpoint!
            : throw new OptionsValidationException("", typeof(InvitationEndpointOptions), problems.All);
    }

    /// <summary>
    /// Creates the request that tells of one invitation, as the web service documents it. The notifier sends the same,
    /// with the <see cref="InvitationNotifierOptions.UserAgent"/> and <see cref="InvitationNotifierOptions.ReuseConnections"/>
    /// of its configuration instead of their defaults.
    /// </summary>
    /// <param name="invitation">The invitation.</param>
    /// <returns>A new request, which the caller disposes of.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="invitation"/> is <see langword="null"/>.</exception>
    /// <exception cref="FormatException">A value cannot be carried where the template puts it.</exception>
    public HttpRequestMessage CreateRequest(Invitation invitation)
    {
        ArgumentNullException.ThrowIfNull(invitation);

        return Expand(invitation, out var expanded) is { } problem
            ? throw new FormatException(problem)
            : CreateRequest(expanded, RequestDefaults.Documented);
    }

    /// <summary>Expands the templates.</summary>
    /// <returns>Null, or why a value cannot be carried.</returns>
    internal string? Expand(Invitation invitation, out ExpandedInvitation expanded)
    {
        byte[]? body = null;
        var problem = _url.Expand(invitation, out var uri) ?? _body?.Expand(invitation, out body);
        var key = _headers.WantIdempotencyKey ? $"\"{invitation.Id ?? Invitation.NewId()}\"" : null;
        expanded = new ExpandedInvitation(uri, body, key);
        return problem;
    }

    internal ProviderRequest CreateRequest(ExpandedInvitation expanded, RequestDefaults defaults)
    {
        var request = new ProviderRequest(expanded.Body is null ? HttpMethod.Get : HttpMethod.Post, expanded.Uri);
        _headers.AddTo(request.Headers, defaults, expanded.IdempotencyKey);
        if (expanded.Body is { } body)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", _contentType);
        }

        return request;
    }
}
