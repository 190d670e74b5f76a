using System.Globalization;
using System.Net;
using Acrobits.InvitationNotifier.Templates;

namespace Acrobits.InvitationNotifier.Endpoints;

/// <summary>Finds settings of a network that are valid but probably a mistake.</summary>
internal static class EndpointLint
{
    // Each one is logged as a warning; a template must not flood the log.
    private const int MaxLookAlikes = 10;

    /// <summary>Finds the probable mistakes in valid options. No warning quotes a value.</summary>
    public static IEnumerable<string> Find(InvitationWebServiceOptions options, WebService? created, WebService? accepted) =>
    [
        .. Find(WebServiceSettings.Created(options), created),
        .. Find(WebServiceSettings.Accepted(options), accepted),
        .. (options.Headers ?? new Dictionary<string, string>())
            .Where(header => HasPlaceholder(header.Value))
            .Select(header => $"{nameof(options.Headers)}:{header.Key}: has a placeholder, but headers are sent as written. Use the URL or the post data."),
    ];

    /// <summary>Whether a text that is sent as written has a placeholder, or something that was meant as one.</summary>
    public static bool HasPlaceholder(string text) => Placeholder.Find(text).Count > 0 || LookAlikes.Find(text).Any();

    private static IEnumerable<string> Find(WebServiceSettings settings, WebService? service)
    {
        if (service is null)
        {
            yield break;
        }

        var url = settings.Url!;
        var body = settings.HasPostData ? settings.PostData! : "";
        var lookAlikes = FindLookAlikes(settings.UrlKey, url).Concat(FindLookAlikes(settings.PostDataKey, body)).Take(MaxLookAlikes).ToList();
        foreach (var (_, warning) in lookAlikes)
        {
            yield return warning;
        }

        if (ContentTypes.IsForm(settings.ContentType) && ContentTypes.Guess(body) is { } type)
        {
            yield return $"{settings.PostDataKey}: looks like {type}, but is sent as a form. Set {settings.ContentTypeKey} to {type}.";
        }

        if (body.Length == 0 && !string.IsNullOrWhiteSpace(settings.ContentType))
        {
            yield return $"{settings.ContentTypeKey}: has no effect without {settings.PostDataKey}, because a GET request is sent. Add the post data, or remove the content type.";
        }

        // A URL's fragment is not sent. What looks like a placeholder is reported already.
        var sent = url.Split('#')[0] + body;
        var unused = Placeholder.All.Where(placeholder => !sent.Contains(placeholder, StringComparison.Ordinal))
            .Except(lookAlikes.Select(found => found.Nearest)).ToList();
        if (unused.Count > 0)
        {
            yield return $"{settings.UrlKey}: neither the URL nor the post data has {string.Join(", ", unused)}, so the provider does not get these values.";
        }

        var inPath = Placeholder.Find(url.Split('?', '#')[0]).Select(placeholder => placeholder.ToString()).Distinct().ToList();
        if (inPath.Count > 0)
        {
            yield return $"{settings.UrlKey}: the path has {string.Join(", ", inPath)}. Many servers change or refuse an encoded slash there. Use the query or the post data.";
        }

        if (service.Url.Destination is { Scheme: "http" } destination && !IsLoopback(destination.Host))
        {
            yield return $"{settings.UrlKey}: plain http lets others read phone numbers and credentials on the way. Use https if the provider supports it.";
        }
    }

    private static IEnumerable<(string Nearest, string Warning)> FindLookAlikes(string key, string text) => LookAlikes.Find(text)
        .Select(found => (found.Nearest, string.Create(
            CultureInfo.InvariantCulture,
            $"{key}, character {found.Start + 1}: looks like a placeholder but is not one, so it is sent as written. The nearest placeholder is {found.Nearest}.")));

    private static bool IsLoopback(string host) => host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
