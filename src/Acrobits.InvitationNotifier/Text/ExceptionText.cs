using Microsoft.Extensions.Options;

namespace Acrobits.InvitationNotifier.Text;

/// <summary>What a log may say of an exception.</summary>
internal static class ExceptionText
{
    private const int MaxFailures = 20;

    /// <summary>
    /// The kind of an exception; of one about the notifier's own options its failures too, which quote no values.
    /// </summary>
    public static string Of(Exception exception)
    {
        if (exception is not OptionsValidationException invalid
            || !(invalid.OptionsType == typeof(InvitationNotifierOptions) || invalid.OptionsType == typeof(InvitationEndpointOptions)))
        {
            return exception.GetType().Name;
        }

        var failures = invalid.Failures.Take(MaxFailures + 1).Select(failure => new Printable(failure).ToString()).ToList();
        return $"{nameof(OptionsValidationException)}: {string.Join(" ", failures.Take(MaxFailures)).TrimEnd('.')}"
            + (failures.Count > MaxFailures ? " and more" : "");
    }
}
