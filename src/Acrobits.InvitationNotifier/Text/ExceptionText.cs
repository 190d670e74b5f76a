using Microsoft.Extensions.Options;

namespace Acrobits.InvitationNotifier.Text;

/// <summary>Describes an exception for logs, without personal data and secrets.</summary>
internal static class ExceptionText
{
    private const int MaxFailures = 20;

    /// <summary>
    /// Returns the type of an exception, and for invalid notifier options their failures too, because those quote no values.
    /// </summary>
    public static string Of(Exception exception)
    {
        if (exception is not OptionsValidationException invalid
            || !(invalid.OptionsType == typeof(InvitationNotifierOptions) || invalid.OptionsType == typeof(InvitationEndpointOptions)))
        {
            return exception.GetType().Name;
        }

        var failures = invalid.Failures.Take(MaxFailures + 1).Select(failure => new LogSafeText(failure).ToString()).ToList();
        return $"{nameof(OptionsValidationException)}: {string.Join(" ", failures.Take(MaxFailures)).TrimEnd('.')}"
            + (failures.Count > MaxFailures ? " and more" : "");
    }
}
