//! Keywords of a route line that say something of the path: `mtu`, `rtt`, `congctl` ...

use super::numbers::{self, TIME_MS};
use super::route::RouteLine;
use super::words::Dropped;
use crate::code::Code;
use crate::lower::context::Context;
use crate::model::{CongestionControl, Metric, RouteMetrics};

/// Picks one metric of a route.
type Pick<T> = fn(&mut RouteMetrics) -> &mut Option<T>;

impl RouteLine<'_> {
    /// `[lock] NUMBER`
    pub(super) fn metric(&mut self, context: &mut Context<'_>, pick: Pick<Metric>) -> Result<(), Dropped> {
        let locked = self.words.next_locked(context)?;
        let value = self.words.this_number(context, u32::MAX)?;
        self.set_metric(pick, value, locked);
        Ok(())
    }

    /// `NUMBER`
    pub(super) fn plain(&mut self, context: &mut Context<'_>, pick: Pick<u32>) -> Result<(), Dropped> {
        *pick(&mut self.route.metrics) = Some(self.words.number(context, u32::MAX)?);
        Ok(())
    }

    /// `[lock] TIME`, kept in `scale`ths of a millisecond.
    pub(super) fn time(
        &mut self,
        context: &mut Context<'_>,
        scale: u32,
        pick: Pick<Metric>,
    ) -> Result<(), Dropped> {
        let locked = self.words.next_locked(context)?;
        let Some(time) = numbers::time(self.words.word(), scale) else {
            return self.words.unusable(context, "a time, as 300ms or 1.5s");
        };
        let said = format!("{} '{}'", self.words.keyword(), self.words.text());
        if time.rounded {
            let message = format!("{said} has too many decimal places, rounding it");
            self.words.report(context, Code::BadNumber, &message);
        }
        if time.clamped {
            let (least, most) = TIME_MS;
            let used = time.value / scale;
            let message = format!("{said} is outside the range {least} to {most} ms, using {used} ms");
            self.words.report(context, Code::Adjusted, &message);
        }
        self.set_metric(pick, time.value, locked);
        Ok(())
    }

    /// A lock stays, even if the metric is typed again without it.
    fn set_metric(&mut self, pick: Pick<Metric>, value: u32, locked: bool) {
        let metric = pick(&mut self.route.metrics);
        let locked = locked || metric.is_some_and(|before| before.locked);
        *metric = Some(Metric { value, locked });
    }

    /// `congctl [lock] NAME`
    pub(super) fn congestion_control(&mut self, context: &mut Context<'_>) -> Result<(), Dropped> {
        let locked = self.words.next_locked(context)?;
        let before = self.route.metrics.congestion_control.take();
        let locked = locked || before.is_some_and(|before| before.locked);
        self.route.metrics.congestion_control =
            Some(CongestionControl { name: self.words.text().into(), locked });
        Ok(())
    }

    /// `features ecn`
    pub(super) fn features(&mut self, context: &mut Context<'_>) -> Result<(), Dropped> {
        if self.words.next(context)? == b"ecn" {
            self.route.metrics.ecn = true;
        } else {
            let message = format!("feature '{}' is not known, ignoring it: ecn is", self.words.text());
            self.words.report(context, Code::RoutePart, &message);
        }
        Ok(())
    }

    /// `ttl-propagate enabled`, `disabled`; anything else is reported, and sets `disabled` if nothing did before.
    pub(super) fn ttl_propagate(&mut self, context: &mut Context<'_>) -> Result<(), Dropped> {
        let word = self.words.next(context)?;
        let before = self.route.ttl_propagate.unwrap_or(false);
        let propagate = match word {
            b"enabled" => true,
            b"disabled" => false,
            _ => {
                let message = format!(
                    "ttl-propagate '{}' is neither enabled nor disabled, {} holds",
                    self.words.text(),
                    if before { "enabled" } else { "disabled" }
                );
                self.words.report(context, Code::RoutePart, &message);
                before
            }
        };
        self.route.ttl_propagate = Some(propagate);
        Ok(())
    }
}
