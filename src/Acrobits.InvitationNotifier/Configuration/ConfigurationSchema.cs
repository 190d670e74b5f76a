using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Acrobits.InvitationNotifier.Configuration;

/// <summary>Which keys the configuration has, and what their values look like.</summary>
internal static class ConfigurationSchema
{
    private static readonly Node Text = new("a text", _ => true);
    private static readonly Node Switch = new("true or false", value => bool.TryParse(value, out _));
    private static readonly Node Time = new(
        "a time such as 00:00:10", value => TimeSpan.TryParse(value, CultureInfo.InvariantCulture, out _));
    private static readonly Node Number = new(
        "a whole number", value => int.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out _));
    private static readonly Node Ratio = new(
        "a number such as 0.5", value => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _));

    private static readonly Dictionary<string, Node> Service = new(StringComparer.OrdinalIgnoreCase)
    {
        [nameof(InvitationEndpointOptions.InvitationCreatedUrl)] = Text,
        [nameof(InvitationEndpointOptions.InvitationCreatedPostData)] = Text,
        [nameof(InvitationEndpointOptions.InvitationCreatedContentType)] = Text,
        [nameof(InvitationEndpointOptions.Headers)] = new("a group of names and values", Any: Text),
        [nameof(InvitationEndpointOptions.SendIdempotencyKey)] = Switch,
    };

    private static readonly Node Root = new("a group of keys", Keys: new(Service, StringComparer.OrdinalIgnoreCase)
    {
        [nameof(InvitationNotifierOptions.Networks)] = new("a group of networks", Any: new("a group of keys", Keys: Service)),
        [nameof(InvitationNotifierOptions.UserAgent)] = Text,
        [nameof(InvitationNotifierOptions.ReuseConnections)] = Switch,
        [nameof(InvitationNotifierOptions.AttemptTimeout)] = Time,
        [nameof(InvitationNotifierOptions.TotalTimeout)] = Time,
        [nameof(InvitationNotifierOptions.Retry)] = Group(
            (nameof(RetryOptions.MaxRetryAttempts), Number),
            (nameof(RetryOptions.Delay), Time),
            (nameof(RetryOptions.MaxDelay), Time),
            (nameof(RetryOptions.UseJitter), Switch)),
        [nameof(InvitationNotifierOptions.CircuitBreaker)] = Group(
            (nameof(CircuitBreakerOptions.FailureRatio), Ratio),
            (nameof(CircuitBreakerOptions.MinimumThroughput), Number),
            (nameof(CircuitBreakerOptions.SamplingDuration), Time),
            (nameof(CircuitBreakerOptions.BreakDuration), Time)),
        [nameof(InvitationNotifierOptions.MaxConcurrentRequests)] = Number,
        [nameof(InvitationNotifierOptions.MaxQueuedRequests)] = Number,
        [nameof(InvitationNotifierOptions.Egress)] = Group(
            (nameof(EgressOptions.AllowedRanges), new("a list of ranges", Any: Text))),
    });

    /// <summary>Finds what does not fit: its path, and the problem to report.</summary>
    public static SortedDictionary<string, string> FindMisfits(IConfiguration section)
    {
        var misfits = new SortedDictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        Walk(section, "", Root, misfits);
        return misfits;
    }

    private static void Walk(IConfiguration section, string prefix, Node node, SortedDictionary<string, string> misfits)
    {
        foreach (var child in section.GetChildren())
        {
            var path = prefix + child.Key;
            var expected = node.Any ?? node.Keys!.GetValueOrDefault(child.Key);
            if (expected is null)
            {
                misfits[path] = $"{path}: is not a key. Use one of {string.Join(", ", node.Keys!.Keys)}.";
            }
            else if (!expected.Fits(child))
            {
                misfits[path] = $"{path}: is not {expected.What}. Write {expected.What}.";
            }
            else if (expected.Accepts is null)
            {
                Walk(child, path + ConfigurationPath.KeyDelimiter, expected, misfits);
            }
        }
    }

    private static Node Group(params (string Key, Node Node)[] keys) =>
        new("a group of keys", Keys: keys.ToDictionary(key => key.Key, key => key.Node, StringComparer.OrdinalIgnoreCase));

    // A value, where Accepts is given; else a group with these keys, or with any keys whose nodes are all alike.
    private sealed record Node(string What, Func<string, bool>? Accepts = null, Dictionary<string, Node>? Keys = null, Node? Any = null)
    {
        // No value at all leaves the default; an empty group or list is read as an empty text.
        public bool Fits(IConfigurationSection section) => Accepts is null
            ? string.IsNullOrEmpty(section.Value)
            : (section.Value is null || Accepts(section.Value)) && !section.GetChildren().Any();
    }
}
